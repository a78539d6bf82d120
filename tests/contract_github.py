"""What GitHub's contract has wrong, and how its paths are named."""

from contract_checker import METHODS, Everywhere, Json, Patch


def _bare_label_list(document: Json) -> None:
    """POST and PUT of an issue's labels also take a bare list: PyGithub sends it, and GitHub takes it."""
    operations = document["paths"]["/repos/{owner}/{repo}/issues/{issue_number}/labels"]
    for method in ("post", "put"):
        schema = operations[method]["requestBody"]["content"]["application/json"]["schema"]
        # anyOf, not oneOf: PUT's two object forms both fit an empty object
        schema["anyOf"] = [*schema.pop("oneOf"), {"type": "array", "items": {"type": "string"}}]


def _empty_label_list(document: Json) -> None:
    """An empty list of labels is how PUT takes all off; the contract wants at least one."""
    operations = document["paths"]["/repos/{owner}/{repo}/issues/{issue_number}/labels"]
    for form in operations["put"]["requestBody"]["content"]["application/json"]["schema"]["anyOf"]:
        form.get("properties", {}).get("labels", {}).pop("minItems", None)


def _deleted_actors(document: Json) -> None:
    """The people of an event are null once their account is deleted; the contract has it in one of its schemas only."""
    for name, schema in document["components"]["schemas"].items():
        if name.endswith("-issue-event"):
            for person in {"actor", "assignee", "assigner"} & set(schema.get("properties", {})):
                schema["properties"][person] = {"$ref": "#/components/schemas/nullable-simple-user"}


def _rate_is_gone(document: Json) -> None:
    """API version 2026-03-10 took `rate` out of /rate_limit; the contract is the older version's."""
    document["components"]["schemas"]["rate-limit-overview"]["required"].remove("rate")


def _refusals_have_bodies(document: Json) -> None:
    """Some 404s are described in words only; on GitHub they have the body of every other 404."""
    for operations in document["paths"].values():
        for method in set(METHODS) & set(operations):
            answer = operations[method]["responses"].get("404", {})
            if not {"content", "$ref"} & set(answer):
                answer["$ref"] = "#/components/responses/not_found"


PATCHES: tuple[Patch, ...] = (
    _bare_label_list,
    _empty_label_list,
    _deleted_actors,
    _rate_is_gone,
    _refusals_have_bodies,
)

EVERYWHERE: Everywhere = {
    "301": ("moved_permanently", "any path below a renamed repository or a transferred issue redirects reads"),
    "304": (None, "any GET may be answered so to If-None-Match; the contract says it of some"),
    "307": ("temporary_redirect", "any path below a renamed repository redirects writes"),
    "400": ("bad_request", "an unknown X-GitHub-Api-Version or a body that is no JSON, on any path"),
    "401": ("requires_authentication", "a bad or missing token, on any path"),
    "403": ("forbidden", "rate limits and missing permissions, on any path"),
    "404": ("not_found", "what one may not see is not there, on any path"),
    "410": ("gone", "a deleted issue, on any path below it"),
    "422": ("validation_failed", "pages too deep and values refused, on paths whose contract forgot it"),
    "429": ("forbidden", "rate limits: `403 or 429` in the documentation, never in the contract"),
    "500": (None, "no contract promises that a server does not fail"),
    "502": (None, "likewise"),
    "503": (None, "likewise"),
}
"""Answers that any operation may give, each with the reason why the contract does not say so itself."""


def segments_of(path: str) -> list[str]:
    """Return the path that the contract has for one by id: it lacks those, though links use them."""
    segments = path.removeprefix("/api/v3").strip("/").split("/")
    if segments[0] == "repositories" and len(segments) > 1:
        return ["repos", "owner", "repo", *segments[2:]]
    if segments[0] == "organizations" and segments[2:3] == ["team"]:
        return ["teams", *segments[3:]]
    if segments[0] == "organizations" and len(segments) > 1:
        return ["orgs", *segments[1:]]
    return segments
