"""A small system that offers one of each kind."""

from typing import Any

ORDER = {
    "type": "object",
    "required": ["id", "state"],
    "properties": {
        "id": {"type": "string", "pattern": "^[0-9]+$"},
        "code": {"type": "string", "pattern": "(?<!x)look-behind"},
        "state": {"type": "string", "enum": ["open", "sent"]},
        "note": {"type": "string", "nullable": True},
        "replaces": {"$ref": "#/components/schemas/Order"},
    },
}


def parameter(name: str, where: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    return {"name": name, "in": where, "schema": {"type": kind}, "required": where == "path", **more}


def answers(schema: dict[str, Any]) -> dict[str, Any]:
    return {"200": {"content": {"application/json": {"schema": schema}}}}


SHOP: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "A shop"},
    "servers": [{"url": "https://shop.test/{version}", "variables": {"version": {"default": "v1"}}}],
    "security": [{"token": []}],
    "paths": {
        "/orders/{id}": {
            "parameters": [{"$ref": "#/components/parameters/Id"}],
            "get": {
                "operationId": "getOrder",
                "parameters": [
                    parameter("fresh", "query", "boolean"),
                    parameter("tags", "query", "array"),
                    parameter("states", "query", "array", explode=False),
                    parameter("X-Trace", "header"),
                ],
                "responses": answers({"$ref": "#/components/schemas/Order"}),
            },
            "delete": {"operationId": "cancelOrder", "responses": {"204": {"description": "gone"}}},
        },
        "/orders/{id}/address": {
            "parameters": [{"$ref": "#/components/parameters/Id"}],
            "put": {
                "operationId": "changeAddress",
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Change"}}},
                },
                "responses": answers({"$ref": "#/components/schemas/Order"}),
            },
        },
        "/refunds": {
            "post": {
                "operationId": "refund",
                "parameters": [
                    parameter("Idempotency-Key", "header", required=True),
                    parameter("Store", "query"),
                ],
                "requestBody": {
                    "content": {
                        "application/x-www-form-urlencoded": {
                            "schema": {
                                "type": "object",
                                "required": ["Order"],
                                "properties": {
                                    "Order": {"type": "string"},
                                    "Store": {"type": "string"},
                                    "Amount": {"type": "integer"},
                                    "Lines": {"type": "array", "items": {"type": "string"}},
                                    "To": {"type": "object", "properties": {"Name": {"type": "string"}}},
                                },
                            }
                        }
                    }
                },
                "responses": answers({"$ref": "#/components/schemas/Order"}),
            }
        },
        "/labels": {
            "post": {
                "operationId": "saveLabels",
                "security": [],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": {"type": "array", "items": {"type": "string"}}}
                    },
                },
                "responses": {"2XX": {"$ref": "#/components/responses/Labels"}},
            },
            "get": {"responses": {}, "security": [{"login": []}, {"basic": [], "key": []}]},
        },
    },
    "components": {
        "parameters": {"Id": parameter("id", "path")},
        "responses": {"Labels": answers({"type": "array"})["200"]},
        "schemas": {
            "Order": ORDER,
            "Change": {
                "allOf": [
                    {"$ref": "#/components/schemas/Reason"},
                    {
                        "type": "object",
                        "required": ["address"],
                        "properties": {"address": {"$ref": "#/components/schemas/Address"}},
                    },
                ]
            },
            "Reason": {"type": "object", "properties": {"reason": {"type": "string"}}},
            "Address": {
                "type": "object",
                "properties": {"city": {"type": "string"}, "lines": {"type": "array"}},
            },
        },
        "securitySchemes": {
            "token": {"type": "http", "scheme": "bearer"},
            "basic": {"type": "http", "scheme": "basic"},
            "key": {"type": "apiKey", "in": "query", "name": "api_key"},
            "login": {"type": "oauth2", "flows": {}},
        },
    },
}
