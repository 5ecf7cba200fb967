"""What people read of money, Vietnamese and English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from penalty import ledger

Pair = tuple[str, str]

WHY_REFUNDED: Final[Mapping[str, Pair]] = MappingProxyType(
    {
        "annulled": ("Quyết định xử phạt đã bị hủy bỏ", "The penalty decision was cancelled"),
        "paid_twice": ("Tiền phạt đã được nộp trước đó", "The fine had been paid before"),
        "remitted": ("Tiền phạt được giảm, miễn", "The fine was reduced or waived"),
        "not_owed": ("Khoản tiền không phải nộp", "The money was not owed"),
    }
)
VERDICTS: Final[Mapping[str, Pair]] = MappingProxyType(
    {
        "paid": ("Khớp, đã ghi sổ", "Fits, booked"),
        "wrong_amount": ("Đúng mã, số tiền khác: đã ghi sổ", "Right reference, other amount: booked"),
        "known": ("Khoản này đã nộp rồi: chuyển lần hai", "Paid before: a second transfer"),
        "unknown_reference": ("Mã nộp tiền không có trong sổ", "The reference is not in our book"),
        "no_reference": ("Nội dung không có mã nộp tiền", "No reference in the purpose"),
        "several_references": ("Nội dung có nhiều mã nộp tiền", "Several references in the purpose"),
        "passed_on_not_booked": (
            "Cổng đã chuyển về Kho bạc, sổ không có",
            "Passed on by the gateway, not in our book",
        ),
        "slip_not_booked": ("Quẹt thẻ tại quầy, chưa ghi vào hồ sơ", "A card was charged, on no case"),
    }
)
POSTINGS: Final[Mapping[str, Pair]] = MappingProxyType(
    {
        "fine_decided": ("Ra quyết định phạt", "Fine decided"),
        "surcharge_accrued": ("Tính tiền chậm nộp", "Surcharge added"),
        "fine_paid": ("Nộp phạt", "Fine paid"),
        "overpayment": ("Thu thừa", "Paid, not owed"),
        "refund_paid": ("Hoàn trả", "Given back"),
        "decision_annulled": ("Hủy quyết định", "Decision cancelled"),
        "fine_remitted": ("Giảm, miễn tiền phạt", "Fine reduced or waived"),
        "corrected": ("Bút toán điều chỉnh", "Put right"),
        "settled": ("Kết chuyển về Kho bạc", "Settled with the treasury"),
        "unplaced": ("Tiền chưa rõ hồ sơ", "Money that fits nothing"),
        "unplaced_returned": ("Trả lại người gửi", "Sent back to its sender"),
        "fee_made_good": ("Tỉnh bù phí cổng thanh toán", "Gateway's fee made good"),
    }
)
_ACCOUNTS: Final[Mapping[str, Pair]] = MappingProxyType(
    {
        ledger.RECEIVABLE: ("Phải thu: tiền phạt chưa nộp", "Receivable: fines not yet paid"),
        ledger.TREASURY_FINES: ("Ngân sách: tiền phạt theo quyết định", "Treasury: fines decided"),
        ledger.TREASURY_SURCHARGE: ("Ngân sách: tiền chậm nộp", "Treasury: late-payment surcharge"),
        ledger.REFUND_PAYABLE: ("Phải trả: tiền phải hoàn", "Payable: money to give back"),
        ledger.UNPLACED: ("Chờ xử lý: tiền chưa rõ hồ sơ", "In suspense: money that fits nothing"),
        ledger.CASH_TREASURY: ("Tiền đã về Kho bạc", "Money that has reached the treasury"),
        ledger.FEES_OWED: (
            "Phải thu: phí cổng giữ lại, tỉnh phải bù",
            "Receivable: fees kept back, owed by the province",
        ),
    }
)


def account_name(account: str, ways: Mapping[str, Pair]) -> Pair:
    """An account of the ledger in plain words; `ways` names the ways to pay."""
    if account in _ACCOUNTS:
        return _ACCOUNTS[account]
    way = account.partition(":")[2]
    vi, en = ways.get(way, (way, way))
    return f"Đã thu, chưa về Kho bạc: {vi}", f"Taken, not yet at the treasury: {en}"
