"""The package hands in its rule."""  # noqa: INP001 - tests are no package

from tierkeeper.plugins.host import load_plugins


def test_the_rule_is_there_once_the_package_is_installed() -> None:
    """No failure on the way, and it is ours."""
    host = load_plugins()
    assert host.failures == []
    assert host.rules["WE01"].__module__ == "weekend_handover.rule"
