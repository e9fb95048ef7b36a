from .answer.polarity import yes_or_no
from .answer.regression import support_level
from .assistant import Assistant, open_assistant
from .choices import DEFAULT_CHECKER, DEFAULT_READER, LONGEST_QUESTION, MOST_SEARCHES, REFUSALS, Refusal
from .evaluation.evaluate import evaluate, measure, open_dataset, result_line
from .generation.discovery import find_servers
from .generation.prompt import read_prompt
from .generation.server import ModelServer
from .generation.trying import try_server
from .generation.use import ModelUse
from .grounding.check import Checker, check
from .grounding.entailment import check_entailment
from .grounding.huggingface import open_checker
from .reader.model import check_reader
from .records import (
    UNSUPPORTED,
    Answer,
    Checked,
    CheckedSentence,
    Citation,
    Group,
    Sentence,
    ShortAnswer,
    Turn,
    Unsupported,
    Update,
    Written,
)
from .suggestion.suggest import Suggestion, nearest, suggest, suggestions_from_json, suggestions_to_json
from .tagger.tagger import check_tagger

__all__ = [
    "DEFAULT_CHECKER",
    "DEFAULT_READER",
    "LONGEST_QUESTION",
    "MOST_SEARCHES",
    "REFUSALS",
    "UNSUPPORTED",
    "Answer",
    "Assistant",
    "Checked",
    "CheckedSentence",
    "Checker",
    "Citation",
    "Group",
    "ModelServer",
    "ModelUse",
    "Refusal",
    "Sentence",
    "ShortAnswer",
    "Suggestion",
    "Turn",
    "Unsupported",
    "Update",
    "Written",
    "check",
    "check_entailment",
    "check_reader",
    "check_tagger",
    "evaluate",
    "find_servers",
    "measure",
    "nearest",
    "open_assistant",
    "open_checker",
    "open_dataset",
    "read_prompt",
    "result_line",
    "suggest",
    "suggestions_from_json",
    "suggestions_to_json",
    "support_level",
    "try_server",
    "yes_or_no",
]
