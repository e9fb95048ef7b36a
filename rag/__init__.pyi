from .answer.polarity import yes_or_no
from .answer.regression import REFUSALS, Refusal, support_level
from .assistant import Assistant, open_assistant
from .evaluation.evaluate import evaluate, measure, open_dataset, result_line
from .grounding.check import check
from .grounding.entailment import check_entailment
from .reader.model import DEFAULT_READER, check_reader
from .records import Answer, Checked, CheckedSentence, Citation, Sentence, ShortAnswer, Turn, Update
from .suggestion.suggest import Suggestion, nearest, suggest, suggestions_from_json, suggestions_to_json
from .tagger.tagger import check_tagger

__all__ = [
    "DEFAULT_READER",
    "REFUSALS",
    "Answer",
    "Assistant",
    "Checked",
    "CheckedSentence",
    "Citation",
    "Refusal",
    "Sentence",
    "ShortAnswer",
    "Suggestion",
    "Turn",
    "Update",
    "check",
    "check_entailment",
    "check_reader",
    "check_tagger",
    "evaluate",
    "measure",
    "nearest",
    "open_assistant",
    "open_dataset",
    "result_line",
    "suggest",
    "suggestions_from_json",
    "suggestions_to_json",
    "support_level",
    "yes_or_no",
]
