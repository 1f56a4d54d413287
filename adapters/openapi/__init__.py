"""A company's systems over HTTP, by the operations of their OpenAPI document."""

from adapters.openapi.document import DocumentRefused
from adapters.openapi.system import OpenApiSystem

__all__ = ["DocumentRefused", "OpenApiSystem"]
