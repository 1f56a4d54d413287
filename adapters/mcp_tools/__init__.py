"""A company's tools by the Model Context Protocol, through its official client."""

from adapters.mcp_tools.listing import ToolDescription
from adapters.mcp_tools.tools import McpTools

__all__ = ["McpTools", "ToolDescription"]
