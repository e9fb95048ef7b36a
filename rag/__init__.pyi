from .answer.polarity import yes_or_no
from .answer.regression import REFUSALS, Refusal, support_level
from .assistant import Assistant, open_assistant
from .evaluation.evaluate import evaluate, measure, open_dataset, result_line
from .reader.model import DEFAULT_READER, check_reader
from .records import Answer, Citation, Sentence, ShortAnswer, Turn, Update

__all__ = [
    "DEFAULT_READER",
    "REFUSALS",
    "Answer",
    "Assistant",
    "Citation",
    "Refusal",
    "Sentence",
    "ShortAnswer",
    "Turn",
    "Update",
    "check_reader",
    "evaluate",
    "measure",
    "open_assistant",
    "open_dataset",
    "result_line",
    "support_level",
    "yes_or_no",
]
