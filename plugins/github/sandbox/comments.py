"""Comments and reactions."""

from typing import Unpack

from tierkeeper.plugins.github.sandbox.issues import Issues
from tierkeeper.plugins.github.sandbox.records import Comment, File, Given, Issue, Reaction
from tierkeeper.plugins.github.sandbox.state import When
from tierkeeper.plugins.sandbox.index import locked


class Comments(Issues):
    """What people say about an issue."""

    @locked
    def comment(self, repo: str | int, number: int, actor: str, body: str, **how: Unpack[When]) -> int:
        """Comment on an issue and return the comment's id."""
        issue = self.issue(repo, number)
        at = self.moment(how.get("at"))
        comment = Comment(
            id=self.next_id(),
            repository=issue.repository,
            issue=issue.id,
            author=self.person(actor).login,
            body=body,
            created=at,
            updated=at,
            app=self.app_slug(how.get("performed_via_app")),
        )
        self.data.comments[comment.id] = comment
        issue.comments.append(comment.id)
        self.index_comment(comment)
        self.touch(issue, at)
        return comment.id

    @locked
    def add_file(self, repo: str | int, content: bytes, mime: str = "image/png", *, given: Given = "tokens") -> str:
        """Keep a file, as the site does when somebody drops it into a text, and return the path that leads there."""
        key = str(self.next_id())
        self.data.files[key] = File(repository=self.repository(repo).id, mime=mime, content=content, given=given)
        return f"/user-attachments/assets/{key}"

    @locked
    def edit_comment(self, comment_id: int, body: str, actor: str, **how: Unpack[When]) -> None:
        """Change a comment; like GitHub, nothing says who did it."""
        comment = self.data.comments[comment_id]
        self.person(actor)
        if body == comment.body:
            return
        at = max(comment.updated, self.moment(how.get("at")))
        self.shelf(comment.repository).comments_updated.move(comment.updated, at, comment.id)
        comment.body, comment.updated = body, at
        self.touch(self.data.issues[comment.issue], at)

    @locked
    def delete_comment(self, comment_id: int, actor: str) -> None:
        """Delete a comment: no trace is left but the issue's smaller count of comments."""
        self.person(actor)
        comment = self.data.comments.pop(comment_id)
        self.unindex_comment(comment)
        self.data.issues[comment.issue].comments.remove(comment_id)

    def unindex_comment(self, comment: Comment) -> None:
        """Take a comment off its repository's shelf."""
        shelf = self.shelf(comment.repository)
        shelf.comments.discard(comment.created, comment.id)
        shelf.comments_updated.discard(comment.updated, comment.id)

    @locked
    def react(self, thing: Issue | Comment, actor: str, content: str) -> tuple[Reaction, bool]:
        """React to an issue or a comment; the same reaction twice is one. Says whether it is new."""
        login = self.person(actor).login
        for key in thing.reactions:
            known = self.data.reactions[key]
            if (known.author, known.content) == (login, content):
                return known, False
        reaction = Reaction(id=self.next_id(), author=login, content=content, created=self.clock.seconds)
        self.data.reactions[reaction.id] = reaction
        thing.reactions.append(reaction.id)
        return reaction, True

    @locked
    def remove_reaction(self, thing: Issue | Comment, reaction_id: int) -> None:
        """Take a reaction back."""
        thing.reactions.remove(reaction_id)
        del self.data.reactions[reaction_id]
