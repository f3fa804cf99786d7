"""Payments by credit card, as they were sent to the processor and answered."""

from datetime import datetime
from enum import StrEnum

from qbxml.aggregate import Aggregate
from qbxml.declaration import element


class TransactionMode(StrEnum):
    """Whether the card was there."""

    CARD_NOT_PRESENT = "CardNotPresent"
    CARD_PRESENT = "CardPresent"


class CreditCardTxnType(StrEnum):
    """What was done with the card."""

    AUTHORIZATION = "Authorization"
    CAPTURE = "Capture"
    CHARGE = "Charge"
    REFUND = "Refund"
    VOICE_AUTHORIZATION = "VoiceAuthorization"


class CardVerification(StrEnum):
    """The outcome of one of the processor's checks."""

    PASS = "Pass"  # noqa: S105 - no password
    FAIL = "Fail"
    NOT_AVAILABLE = "NotAvailable"


class PaymentStatus(StrEnum):
    """Whether the processor completed the payment."""

    UNKNOWN = "Unknown"
    COMPLETED = "Completed"


class CreditCardTxnInputInfo(Aggregate):
    """What was sent to the card processor."""

    credit_card_number: str = element("CreditCardNumber", max_length=25)
    expiration_month: int = element("ExpirationMonth", min_value=1, max_value=12)
    expiration_year: int = element("ExpirationYear")
    name_on_card: str = element("NameOnCard", max_length=41)
    credit_card_address: str | None = element("CreditCardAddress", default=None, max_length=41)
    credit_card_postal_code: str | None = element("CreditCardPostalCode", default=None, max_length=18)
    commercial_card_code: str | None = element("CommercialCardCode", default=None, max_length=24)
    transaction_mode: TransactionMode | None = element("TransactionMode", default=None, since=(6, 0))
    credit_card_txn_type: CreditCardTxnType | None = element("CreditCardTxnType", default=None, since=(7, 0))


class CreditCardTxnResultInfo(Aggregate):
    """What the card processor answered."""

    result_code: int = element("ResultCode")
    result_message: str = element("ResultMessage", max_length=60)
    credit_card_trans_id: str = element("CreditCardTransID", max_length=24)
    merchant_account_number: str = element("MerchantAccountNumber", max_length=32)
    authorization_code: str | None = element("AuthorizationCode", default=None, max_length=12)
    avs_street: CardVerification | None = element("AVSStreet", default=None)
    avs_zip: CardVerification | None = element("AVSZip", default=None)
    card_security_code_match: CardVerification | None = element("CardSecurityCodeMatch", default=None, since=(6, 0))
    recon_batch_id: str | None = element("ReconBatchID", default=None, max_length=84)
    payment_grouping_code: int | None = element("PaymentGroupingCode", default=None)
    payment_status: PaymentStatus = element("PaymentStatus")
    txn_authorization_time: datetime = element("TxnAuthorizationTime")
    txn_authorization_stamp: int | None = element("TxnAuthorizationStamp", default=None)
    client_trans_id: str | None = element("ClientTransID", default=None, max_length=16, since=(6, 0))


class CreditCardTxnInfo(Aggregate):
    """A payment by card, as it was sent and answered."""

    credit_card_txn_input_info: CreditCardTxnInputInfo = element("CreditCardTxnInputInfo")
    credit_card_txn_result_info: CreditCardTxnResultInfo = element("CreditCardTxnResultInfo")
