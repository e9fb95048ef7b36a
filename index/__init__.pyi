from .errors import PinciteError, SettingsError
from .library import Library, open_library
from .models import DEFAULT_MODEL, Encoder
from .models.default import model_damage, shared_damage, shared_words
from .models.inference import Below, Network, damage
from .progress import InWork, Rejected, SyncProgress, SyncReport
from .readers import LARGEST
from .readers.abilities import find_office, has_ocr
from .readers.archives.members import MAX_FILES
from .readers.formats import BY_MEDIA_TYPE, BY_SUFFIX, UNKNOWN, Format
from .records import Box, Collection, Counts, Document, Entry, Hit, LeftOut, Page
from .search.near_duplicates import resemblance, wording
from .search.snapshot import Snapshot
from .store.catalog import FORMAT
from .store.conversations import Conversation, Conversations, Judgement
from .store.repair import repair
from .store.verify import find_traces, verify
from .sync.sync import add_documents, rebuild, sync_paths
from .sync.watching import News, Watcher
from .text.captions import Caption, find_captions
from .text.characters import clean_text
from .text.function_words import ENGLISH, FUNCTION_WORDS
from .text.languages import is_english
from .text.names import document_name
from .text.rows import Cell, cells_between_bars, cells_of, in_columns, is_row, with_row
from .text.sentences import split_sentences
from .text.tokens import whole_characters
from .text.values import Value, find_units, find_values, in_one_form
from .text.words import content_words, split_words

__all__ = [
    "BY_MEDIA_TYPE",
    "BY_SUFFIX",
    "DEFAULT_MODEL",
    "ENGLISH",
    "FORMAT",
    "FUNCTION_WORDS",
    "LARGEST",
    "MAX_FILES",
    "UNKNOWN",
    "Below",
    "Box",
    "Caption",
    "Cell",
    "Collection",
    "Conversation",
    "Conversations",
    "Counts",
    "Document",
    "Encoder",
    "Entry",
    "Format",
    "Hit",
    "InWork",
    "Judgement",
    "LeftOut",
    "Library",
    "Network",
    "News",
    "Page",
    "PinciteError",
    "Rejected",
    "SettingsError",
    "Snapshot",
    "SyncProgress",
    "SyncReport",
    "Value",
    "Watcher",
    "add_documents",
    "cells_between_bars",
    "cells_of",
    "clean_text",
    "content_words",
    "damage",
    "document_name",
    "find_captions",
    "find_office",
    "find_traces",
    "find_units",
    "find_values",
    "has_ocr",
    "in_columns",
    "in_one_form",
    "is_english",
    "is_row",
    "model_damage",
    "open_library",
    "rebuild",
    "repair",
    "resemblance",
    "shared_damage",
    "shared_words",
    "split_sentences",
    "split_words",
    "sync_paths",
    "verify",
    "whole_characters",
    "with_row",
    "wording",
]
