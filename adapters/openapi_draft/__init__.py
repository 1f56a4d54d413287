"""Drafts a company's `actions.yaml` from an OpenAPI document, for a person to decide upon."""

from adapters.openapi_draft.draft import DraftedAction, draft
from adapters.openapi_draft.source import SourceRefused, read_source
from adapters.openapi_draft.written import written

__all__ = ["DraftedAction", "SourceRefused", "draft", "read_source", "written"]
