"""Templates of forms: query."""

from enum import StrEnum

from qbxml.declaration import element
from qbxml.message import Query, QueryResponse
from qbxml.returned import NamedRet


class TemplateQueryRq(Query, since=(3, 0)):
    """Look for templates of forms."""

    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class TemplateType(StrEnum):
    """The kind of form that a template shows."""

    BUILD_ASSEMBLY = "BuildAssembly"
    CREDIT_MEMO = "CreditMemo"
    ESTIMATE = "Estimate"
    INVOICE = "Invoice"
    PURCHASE_ORDER = "PurchaseOrder"
    SALES_ORDER = "SalesOrder"
    SALES_RECEIPT = "SalesReceipt"


class TemplateRet(NamedRet):
    """A template of a form, as it stands in the books."""

    is_active: bool | None = element("IsActive", default=None)
    template_type: TemplateType = element("TemplateType")


class TemplateQueryRs(QueryResponse, since=(3, 0)):
    """The answer to :class:`TemplateQueryRq`."""

    template_rets: tuple[TemplateRet, ...] = element("TemplateRet", default=())


MESSAGES = (
    TemplateQueryRq,
    TemplateRet,
    TemplateQueryRs,
)
