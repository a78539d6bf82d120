"""What every Jira site has before anybody changed it: fields, priorities, types of issues, roles, permissions."""

from tierkeeper.plugins.jira.sandbox.records import Field, IssueType, Named, Role, Status, Transition, Workflow

SYSTEM_FIELDS: dict[str, Field] = {
    key: Field(id=key, name=name, kind=kind)
    for key, name, kind in (
        ("summary", "Summary", "string"),
        ("description", "Description", "text"),
        ("environment", "Environment", "text"),
        ("project", "Project", "project"),
        ("security", "Security Level", "securitylevel"),
        ("issuetype", "Issue Type", "issuetype"),
        ("status", "Status", "status"),
        ("statusCategory", "Status Category", "statusCategory"),
        ("priority", "Priority", "priority"),
        ("resolution", "Resolution", "resolution"),
        ("resolutiondate", "Resolved", "time"),
        ("assignee", "Assignee", "user"),
        ("reporter", "Reporter", "user"),
        ("creator", "Creator", "user"),
        ("labels", "Labels", "labels"),
        ("components", "Components", "components"),
        ("fixVersions", "Fix versions", "versions"),
        ("created", "Created", "time"),
        ("updated", "Updated", "time"),
        ("duedate", "Due date", "date"),
        ("timetracking", "Time tracking", "timetracking"),
        ("timeoriginalestimate", "Original estimate", "seconds"),
        ("timeestimate", "Remaining Estimate", "seconds"),
        ("timespent", "Time Spent", "seconds"),
        ("worklog", "Log Work", "worklog"),
        ("comment", "Comment", "comment"),
        ("attachment", "Attachment", "attachment"),
        ("issuelinks", "Linked Issues", "issuelinks"),
        ("parent", "Parent", "parent"),
        ("subtasks", "Sub-tasks", "subtasks"),
    )
}
"""Fields that are there without anybody adding them."""

LISTS = ("labels", "components", "versions")
"""The kinds of fields that hold several values, and an empty list rather than none."""

EDITABLE = (
    "summary",
    "description",
    "environment",
    "issuetype",
    "priority",
    "assignee",
    "reporter",
    "labels",
    "components",
    "fixVersions",
    "duedate",
    "timetracking",
    "parent",
    "comment",
    "issuelinks",
    "worklog",
)
"""System fields that a screen may show; `resolution` is on transitions' screens only."""

PROJECT_PERMISSIONS = (
    "BROWSE_PROJECTS",
    "CREATE_ISSUES",
    "EDIT_ISSUES",
    "ASSIGN_ISSUES",
    "ASSIGNABLE_USER",
    "TRANSITION_ISSUES",
    "RESOLVE_ISSUES",
    "CLOSE_ISSUES",
    "ADD_COMMENTS",
    "EDIT_OWN_COMMENTS",
    "DELETE_OWN_COMMENTS",
    "LINK_ISSUES",
    "WORK_ON_ISSUES",
    "SCHEDULE_ISSUES",
    "MOVE_ISSUES",
    "CREATE_ATTACHMENTS",
    "DELETE_OWN_ATTACHMENTS",
)
"""What every account on the site may do in a project, unless the project says otherwise."""

GUARDED_PERMISSIONS = (
    "ADMINISTER_PROJECTS",
    "DELETE_ISSUES",
    "EDIT_ALL_COMMENTS",
    "DELETE_ALL_COMMENTS",
    "MODIFY_REPORTER",
    "EDIT_ALL_WORKLOGS",
    "DELETE_ALL_WORKLOGS",
    "DELETE_ALL_ATTACHMENTS",
)
"""What only the site's administrators may do in a project, unless the project says otherwise."""

GLOBAL_PERMISSIONS = {"ADMINISTER": ["group:site-admins"], "USER_PICKER": ["*"], "BULK_CHANGE": ["*"]}
"""What belongs to no project."""

CATEGORIES = {
    "undefined": (1, "medium-gray", "No Category"),
    "new": (2, "blue-gray", "To Do"),
    "done": (3, "green", "Done"),
    "indeterminate": (4, "yellow", "In Progress"),
}
"""Id, colour and name of a status's category by its key."""

LINK_TYPES = {
    "Blocks": ("10000", "is blocked by", "blocks"),
    "Duplicate": ("10002", "is duplicated by", "duplicates"),
    "Relates": ("10003", "relates to", "relates to"),
}
"""Id, inward and outward name of a link's type by its name."""


def priorities() -> dict[str, Named]:
    """The priorities of a new site."""
    names = ("Highest", "High", "Medium", "Low", "Lowest")
    return {str(number): Named(id=str(number), name=name) for number, name in enumerate(names, 1)}


def issue_types() -> dict[str, IssueType]:
    """The types of issues of a new site."""
    names = ("Task", "Bug", "Story", "Question", "Incident", "Configuration", "Feature", "Sub-task")
    return {
        str(10_000 + number): IssueType(id=str(10_000 + number), name=name, subtask=name == "Sub-task")
        for number, name in enumerate(names, 1)
    }


def resolutions() -> dict[str, Named]:
    """The resolutions of a new site."""
    names = ("Done", "Won't Do", "Duplicate", "Cannot Reproduce")
    return {str(10_000 + number): Named(id=str(10_000 + number), name=name) for number, name in enumerate(names)}


def roles() -> dict[int, Role]:
    """The project roles of a new site."""
    names = ("Administrators", "Developers", "Service Desk Team", "Service Desk Customers", "Viewers")
    return {10_002 + number: Role(id=10_002 + number, name=name) for number, name in enumerate(names)}


def statuses() -> dict[str, Status]:
    """The statuses of a new site."""
    made = (("10000", "To Do", "new"), ("3", "In Progress", "indeterminate"), ("10001", "Done", "done"))
    return {key: Status(id=key, name=name, category=category) for key, name, category in made}


def workflow() -> Workflow:
    """The workflow of a new site: from anywhere to anywhere."""
    ways = (("11", "To Do", "10000"), ("21", "In Progress", "3"), ("31", "Done", "10001"))
    transitions = [Transition(id=key, name=name, sources=None, target=target) for key, name, target in ways]
    return Workflow(name="Default", statuses=["10000", "3", "10001"], transitions=transitions)
