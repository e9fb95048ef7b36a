"""From a question to an answer pinned to its sources: retrieval policy, reading, grounding, follow-ups, evaluation."""

from rag.assistant import Assistant, open_assistant
from rag.records import Answer, Citation, Sentence, ShortAnswer, Turn, Update

__all__ = ["Answer", "Assistant", "Citation", "Sentence", "ShortAnswer", "Turn", "Update", "open_assistant"]
