"""What is asked of each object of a shop: all that its accounting needs, by the names that Shopify gives it.

A fact of the stream ``orders`` has these names, its connections as plain lists. What is missing here is missing in the
books, so a field is added here and nowhere else.
"""

from __future__ import annotations

from qbwc_server.channels.shopify.admin.fields import Field, plain

MONEY = plain("amount currencyCode")  # MoneyV2
BAG = (Field("shopMoney", MONEY), Field("presentmentMoney", MONEY))  # MoneyBag
NAMED = plain("id name")
_LOCATION = "read_locations"
_CUSTOMER = "read_customers"
_STAFF = "read_users"
_PRODUCT = "read_products"


def bags(names: str) -> tuple[Field, ...]:
    """Amounts in the money of the shop and of the buyer."""
    return tuple(Field(name, BAG) for name in names.split())


def moneys(names: str) -> tuple[Field, ...]:
    """Amounts in one currency."""
    return tuple(Field(name, MONEY) for name in names.split())


TAX_LINE = (*plain("title rate channelLiable source"), *bags("priceSet"))
_VALUE = Field(
    "value",
    (
        Field("__typename"),
        Field("MoneyV2", MONEY, on=True),
        Field("PricingPercentageValue", plain("percentage"), on=True),
    ),
)
DISCOUNT_APPLICATION = (
    *plain("__typename index allocationMethod targetSelection targetType"),
    _VALUE,
    Field("AutomaticDiscountApplication", plain("title"), on=True),
    Field("ManualDiscountApplication", plain("title description"), on=True),
    Field("ScriptDiscountApplication", plain("title"), on=True),
    Field("DiscountCodeApplication", plain("code"), on=True),
)
ALLOCATION = (*bags("allocatedAmountSet"), Field("discountApplication", plain("index"), in_bulk=DISCOUNT_APPLICATION))
DUTY = (*plain("id countryCodeOfOrigin harmonizedSystemCode"), *bags("price"), Field("taxLines", TAX_LINE))
ADDITIONAL_FEE = (*plain("id name"), *bags("price"), Field("taxLines", TAX_LINE))
STAFF = Field("staffMember", NAMED, scope=_STAFF)

LINE_ITEM = (
    *plain("id title name variantTitle sku vendor quantity currentQuantity unfulfilledQuantity isGiftCard taxable"),
    *plain("requiresShipping"),
    *bags("originalUnitPriceSet originalTotalSet discountedTotalSet totalDiscountSet"),
    Field("discountAllocations", ALLOCATION),
    Field("taxLines", TAX_LINE),
    Field("duties", DUTY),
    Field("product", plain("id productType"), scope=_PRODUCT),
    Field(
        "variant",
        (*plain("id"), Field("inventoryItem", (*plain("id"), Field("unitCost", MONEY)), scope="read_inventory")),
        scope=_PRODUCT,
    ),
)
SHIPPING_LINE = (
    *plain("id title code source isRemoved"),
    *bags("originalPriceSet discountedPriceSet currentDiscountedPriceSet"),
    Field("discountAllocations", ALLOCATION),
    Field("taxLines", TAX_LINE),
)
FEE = (
    *plain("id type rate rateName flatFeeName"),
    *moneys("amount flatFee taxAmount"),
)
TRANSACTION = (
    *plain("id kind status gateway formattedGateway manualPaymentGateway paymentId test errorCode"),
    *plain("createdAt processedAt settlementCurrency settlementCurrencyRate"),
    *bags("amountSet amountRoundingSet totalUnsettledSet"),
    Field("parentTransaction", plain("id kind")),
    Field("fees", FEE),
    Field("currencyExchangeAdjustment", (*plain("id"), *moneys("adjustment originalAmountSet finalAmountSet"))),
    Field("paymentDetails", (Field("__typename"), Field("CardPaymentDetails", plain("company"), on=True))),
    Field("location", NAMED, scope=_LOCATION),
    Field("device", plain("id")),
    Field("user", NAMED, scope=_STAFF),
)
REFUND_LINE = (
    *plain("id quantity restockType restocked"),
    *bags("priceSet subtotalSet totalTaxSet"),
    Field("lineItem", plain("id")),
    Field("location", NAMED, scope=_LOCATION),
)
ORDER_ADJUSTMENT = (*plain("id reason"), *bags("amountSet taxAmountSet"))
REFUND_SHIPPING = (*plain("id"), Field("shippingLine", plain("id")), *bags("subtotalAmountSet taxAmountSet"))
REFUND = (
    *plain("id createdAt updatedAt note"),
    Field("processedAt", since="2026-01"),
    *bags("totalRefundedSet"),
    Field("duties", (*bags("amountSet"), Field("originalDuty", plain("id")))),
    Field("refundLineItems", REFUND_LINE, first=10, singly=True),
    Field("refundShippingLines", REFUND_SHIPPING, first=5, singly=True),
    Field("orderAdjustments", ORDER_ADJUSTMENT, first=5, singly=True),
    Field("transactions", TRANSACTION, first=5, singly=True),
    Field("return", NAMED, scope="read_returns"),
    STAFF,
)
SALE = (
    *plain("__typename id actionType lineType quantity"),
    *bags("totalAmount totalTaxAmount totalDiscountAmountBeforeTaxes totalDiscountAmountAfterTaxes"),
    Field("taxes", (*plain("id"), *bags("amount"), Field("taxLine", plain("title rate channelLiable")))),
    Field("ProductSale", (Field("lineItem", plain("id")),), on=True),
    Field("GiftCardSale", (Field("lineItem", plain("id")),), on=True),
    Field("TipSale", (Field("lineItem", plain("id")),), on=True),
    Field("ShippingLineSale", (Field("shippingLine", plain("id")),), on=True),
    Field("DutySale", (Field("duty", plain("id")),), on=True),
    Field("AdditionalFeeSale", (Field("additionalFee", NAMED),), on=True),
)
AGREEMENT = (
    *plain("__typename id happenedAt reason"),
    Field("app", plain("id title")),
    Field("user", NAMED, scope=_STAFF),
    Field("RefundAgreement", (Field("refund", plain("id")),), on=True),
    Field("ReturnAgreement", (Field("return", plain("id")),), on=True, scope="read_returns"),
    Field("sales", SALE, first=20),
)
FULFILLMENT = (
    *plain("id name status createdAt updatedAt"),
    Field("location", NAMED, scope=_LOCATION),
)
ADDRESS = plain("name company address1 address2 city province provinceCode zip country countryCodeV2 phone")
PERSONAL = frozenset(  # data of the buyer: without approval of Shopify it is null, and the books stand without it
    ("customer", "email", "phone", "billingAddress", "shippingAddress", "displayName", "firstName", "lastName")
)
CUSTOMER = (
    *plain("id displayName firstName lastName note taxExempt updatedAt"),
    Field("defaultEmailAddress", plain("emailAddress")),
    Field("defaultPhoneNumber", plain("phoneNumber")),
    Field("defaultAddress", ADDRESS),
)
ORDER = (
    *plain("id name createdAt processedAt updatedAt closedAt cancelledAt cancelReason test edited"),
    *plain("displayFinancialStatus displayFulfillmentStatus returnStatus sourceName poNumber note tags"),
    *plain(
        "currencyCode presentmentCurrencyCode taxesIncluded taxExempt estimatedTaxes paymentGatewayNames email phone"
    ),
    *bags("originalTotalPriceSet subtotalPriceSet currentSubtotalPriceSet totalPriceSet currentTotalPriceSet"),
    *bags("totalDiscountsSet currentTotalDiscountsSet totalTaxSet currentTotalTaxSet"),
    *bags("totalShippingPriceSet currentShippingPriceSet totalRefundedShippingSet"),
    *bags("totalReceivedSet totalRefundedSet netPaymentSet totalOutstandingSet totalCapturableSet totalTipReceivedSet"),
    *bags("originalTotalDutiesSet currentTotalDutiesSet"),
    *bags("originalTotalAdditionalFeesSet currentTotalAdditionalFeesSet"),
    Field("totalCashRoundingAdjustment", bags("paymentSet refundSet")),
    Field("app", NAMED),
    Field("retailLocation", NAMED, scope=_LOCATION),
    STAFF,
    Field("customer", (*plain("id displayName"), Field("defaultEmailAddress", plain("emailAddress"))), scope=_CUSTOMER),
    Field("billingAddress", ADDRESS),
    Field("shippingAddress", ADDRESS),
    Field(
        "paymentTerms",
        (
            *plain("id paymentTermsName paymentTermsType dueInDays"),
            Field("paymentSchedules", plain("dueAt"), first=3, singly=True),
        ),
        scope="read_payment_terms",
    ),
    Field("taxLines", TAX_LINE),
    Field("currentTaxLines", TAX_LINE),
    Field("additionalFees", ADDITIONAL_FEE),
    Field("discountApplications", DISCOUNT_APPLICATION, first=5, singly=True),
    Field("lineItems", LINE_ITEM, first=20),
    Field("shippingLines", SHIPPING_LINE, first=5),
    Field("transactions", TRANSACTION),
    Field("refunds", REFUND),
    Field("fulfillments", FULFILLMENT),
    Field("agreements", AGREEMENT, first=10),
)

BALANCE_TRANSACTION = (  # which payout it is in comes later, and stands with the payout
    *plain("id type test transactionDate sourceId sourceType sourceOrderTransactionId adjustmentReason"),
    *moneys("amount fee net"),
    Field("associatedOrder", NAMED),
    Field("adjustmentsOrders", (*plain("name orderTransactionId"), *moneys("amount fees net"))),
)
PAYOUT = (
    *plain("id legacyResourceId issuedAt status transactionType"),
    *moneys("net"),
    Field(
        "summary",
        moneys(
            "adjustmentsFee adjustmentsGross chargesFee chargesGross refundsFee refundsFeeGross reservedFundsFee "
            "reservedFundsGross retriedPayoutsFee retriedPayoutsGross"
        ),
    ),
)
INCLUDED = (*plain("id type test transactionDate"), *moneys("amount fee net"))  # in a payout
PAYMENTS_ACCOUNT = (*plain("id activated defaultCurrency"), *moneys("balance"))
CASH_SESSION = (
    *plain("id registerName cashTrackingEnabled openingTime openingNote closingTime closingNote"),
    *moneys("openingBalance expectedOpeningBalance closingBalance expectedClosingBalance expectedBalance"),
    *moneys("netCashSales totalCashSales totalCashRefunds totalAdjustments totalDiscrepancy"),
    Field("location", NAMED, scope=_LOCATION),
    Field("openingStaffMember", NAMED, scope=_STAFF),
    Field("closingStaffMember", NAMED, scope=_STAFF),
    Field("adjustments", (*plain("id time note"), *moneys("cash"), STAFF), first=20),
    Field(
        "cashTransactions",
        (
            *plain("id kind status test processedAt"),
            *bags("amountSet amountRoundingSet"),
            Field("order", NAMED, scope="read_orders"),
        ),
        first=50,
    ),
)
CASH_SUMMARY = (  # since 2026-04
    *moneys("cashBalanceAtStart cashBalanceAtEnd netCash totalDiscrepancies"),
    *plain("sessionsOpened sessionsClosed"),
)
GIFT_CARD = (
    *plain("id lastCharacters createdAt updatedAt deactivatedAt enabled expiresOn note"),
    *moneys("initialValue balance"),
    Field("order", NAMED, scope="read_orders"),
    Field("customer", plain("id displayName"), scope=_CUSTOMER),
    Field(
        "transactions",
        (*plain("__typename id note processedAt"), *moneys("amount")),
        first=20,
        scope="read_gift_card_transactions",
    ),
)
LOCATION = (
    *plain("id name isActive fulfillsOnlineOrders"),
    Field("address", plain("address1 address2 city province provinceCode zip country countryCode phone")),
)
VARIANT = (
    *plain("id title displayName sku barcode price taxable updatedAt"),
    Field(
        "inventoryItem",
        (*plain("id tracked"), Field("unitCost", MONEY)),
        scope="read_inventory",
    ),
)
PRODUCT = (
    *plain("id title productType vendor status isGiftCard createdAt updatedAt"),
    Field("variants", VARIANT, first=20),
)
SHOP = (*plain("id name myshopifyDomain currencyCode ianaTimezone taxesIncluded taxShipping"),)
GRANTED = (Field("accessScopes", plain("handle")),)  # of currentAppInstallation
ALL = (ORDER, PAYOUT, BALANCE_TRANSACTION, CASH_SESSION, GIFT_CARD, LOCATION, PRODUCT, CUSTOMER, SHOP)
