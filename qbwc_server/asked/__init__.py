"""Questions that programs ask QuickBooks in its own words: checked before they leave, followed page by page."""
