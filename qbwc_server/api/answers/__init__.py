"""What addresses of the API give back, as pydantic describes it: the schemas of the OpenAPI document."""
