"""Accounts, tokens, apps, organizations and teams."""

from collections.abc import Iterable

from tierkeeper.plugins.github.sandbox.records import App, Organization, Person, Team, Token
from tierkeeper.plugins.github.sandbox.state import State
from tierkeeper.plugins.sandbox.index import locked


class People(State):
    """Who there is."""

    @locked
    def add_user(self, login: str, *, token: str | None = None, kind: str = "User", name: str | None = None) -> Person:
        """Add an account; `kind` is `User` or `Bot`."""
        person = self.data.people.get(login.lower())
        if person is None:
            person = Person(id=self.next_id(), login=login, created=self.clock.seconds)
            self.data.people[login.lower()] = person
        person.kind, person.name = kind, name
        self.people_version += 1
        if token is not None:
            self.add_token(login, token)
        return person

    @locked
    def add_token(self, login: str, token: str, *, limit: int = 5000, app: str | None = None) -> Token:
        """Give an account a credential, good for `limit` requests an hour."""
        self.data.tokens[token] = Token(login=self.person(login).login, app=app, limit=limit)
        return self.data.tokens[token]

    @locked
    def set_rate_limit(self, token: str, limit: int) -> None:
        """Change how many requests an hour a token is good for."""
        self.data.tokens[token].limit = limit

    @locked
    def revoke_token(self, token: str) -> None:
        """Make a credential worthless."""
        del self.data.tokens[token]

    @locked
    def add_app(self, slug: str, *, token: str | None = None, owner: str | None = None) -> App:
        """Add a GitHub App; its token acts as the account `slug[bot]`, and what it does names the app."""
        bot = self.add_user(f"{slug}[bot]", kind="Bot")
        app = App(id=self.next_id(), slug=slug, owner=owner or bot.login, created=self.clock.seconds)
        self.data.apps[slug] = app
        if token is not None:
            self.add_token(bot.login, token, app=slug)
        return app

    @locked
    def delete_user(self, login: str) -> None:
        """Delete an account: what it wrote is the ghost's from then on, and its events have no actor."""
        person = self.data.people.pop(login.lower())
        self.data.tokens = {key: token for key, token in self.data.tokens.items() if token.login != person.login}
        for team in self.data.teams.values():
            team.members.pop(person.login.lower(), None)
        for organization in self.data.organizations.values():
            organization.members.pop(person.login.lower(), None)
        self.people_version += 1

    @locked
    def add_organization(self, login: str, *, members: Iterable[str] = (), owners: Iterable[str] = ()) -> Organization:
        """Add an organization, or members to one that is there."""
        organization = self.data.organizations.get(login.lower())
        if organization is None:
            organization = Organization(id=self.next_id(), login=login, created=self.clock.seconds)
            self.data.organizations[login.lower()] = organization
        organization.members.update({member.lower(): "member" for member in members})
        organization.members.update({owner.lower(): "admin" for owner in owners})
        self.people_version += 1
        return organization

    @locked
    def add_team(self, organization: str, slug: str, *, members: Iterable[str] = (), parent: str | None = None) -> Team:
        """Add a team; its members become members of the organization, as on GitHub."""
        members = list(members)
        self.add_organization(organization)
        self.data.organizations[organization.lower()].members.update(
            {
                member.lower(): self.data.organizations[organization.lower()].members.get(member.lower(), "member")
                for member in members
            }
        )
        team = Team(
            id=self.next_id(),
            organization=organization,
            slug=slug,
            name=slug,
            parent=parent,
            members={member.lower(): "member" for member in members},
            created=self.clock.seconds,
        )
        self.data.teams[f"{organization}/{slug}".lower()] = team
        return team

    @locked
    def add_team_member(self, organization: str, slug: str, login: str, role: str = "member") -> None:
        """Take somebody into a team; `role` is `member` or `maintainer`."""
        self.team(organization, slug).members[login.lower()] = role
        self.data.organizations[organization.lower()].members.setdefault(login.lower(), "member")

    @locked
    def remove_team_member(self, organization: str, slug: str, login: str) -> None:
        """Put somebody out of a team; the organization keeps them."""
        self.team(organization, slug).members.pop(login.lower(), None)

    def person(self, login: str) -> Person:
        """The account of that login; LookupError if there is none."""
        person = self.data.people.get(login.lower())
        if person is None:
            raise LookupError(f"no account {login!r}: add_user({login!r}) first")
        return person

    def team(self, organization: str, slug: str) -> Team:
        """The team of that slug; LookupError if there is none."""
        team = self.data.teams.get(f"{organization}/{slug}".lower())
        if team is None:
            raise LookupError(f"no team {organization}/{slug}: add_team first")
        return team

    def child_teams(self, team: Team) -> list[Team]:
        """The teams right below a team."""
        return [
            child
            for child in self.data.teams.values()
            if child.organization == team.organization and child.parent == team.slug
        ]

    def team_roles(self, team: Team) -> dict[str, str]:
        """Roles by login in a team and, as on GitHub, in the teams below it."""
        roles: dict[str, str] = {}
        for child in self.child_teams(team):
            roles.update(dict.fromkeys(self.team_roles(child), "member"))
        return roles | team.members
