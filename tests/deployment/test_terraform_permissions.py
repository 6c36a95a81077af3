"""What each function of the Terraform template is permitted to do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.deployment import applied
from tests.deployment.applied import Deployment

pytestmark = applied.needs_terraform

DOCUMENTED = {
    "ga:listener:get",
    "ga:listener:list",
    "ga:logtank:create",
    "ga:logtank:delete",
    "ga:logtank:get",
    "ga:logtank:list",
    "ga:logtank:update",
    "iam:projects:listProjects",
    "lts:logGroup:createLogGroup",
    "lts:logStream:createLogStream",
    "lts:logStream:listLogStream",
    "lts:logStream:updateLogStream",
}
"""Actions of identity policies, from the pages of the APIs."""
REPORTED = {"lts:logGroup:listLogGroup", "lts:logStream:deleteLogStream"}
"""Actions that only other sources mention."""
WRITING = ("create", "update", "delete")
CREATORS = {"bootstrap", "create_logtank", "reconcile"}


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """Return what is deployed with the roles of the cloud."""
    return applied.apply(tmp_path_factory.mktemp("system"))


@pytest.fixture(scope="module")
def custom(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """Return what is deployed with policies of its own."""
    return applied.apply(tmp_path_factory.mktemp("custom"), permissions="custom")


def agency_of(deployment: Deployment, function: str) -> str:
    """Return the name of the agency whose keys a function's code gets."""
    found: str = deployment.of_kind("fgs_function")[f'this["{function}"]']["app_agency"]
    return found


def names(deployment: Deployment) -> list[str]:
    """Return the names of all functions."""
    return [key.split('"')[1] for key in deployment.of_kind("fgs_function")]


def roles(deployment: Deployment, agency: str) -> set[str]:
    """Return all roles of an agency."""
    (found,) = [
        each
        for each in deployment.of_kind("identity_agency").values()
        if each["name"] == agency
    ]
    in_projects = [role for each in found["project_role"] for role in each["roles"]]
    return {*in_projects, *found["all_resources_roles"]}


def actions(deployment: Deployment, function: str) -> set[str]:
    """Return the actions of the policies attached to a function's agency."""
    agencies = deployment.of_kind("identity_agency").values()
    ids = {each["id"]: each["name"] for each in agencies}
    policies = {p["id"]: p for p in deployment.of_kind("identityv5_policy").values()}
    attached = deployment.of_kind("identityv5_policy_agency_attach").values()
    documents = [
        json.loads(policies[each["policy_id"]]["policy_document"])
        for each in attached
        if ids[each["agency_id"]] == agency_of(deployment, function)
    ]
    return {
        action
        for document in documents
        for statement in document["Statement"]
        for action in statement["Action"]
    }


def permitted(deployment: Deployment, action: str) -> set[str]:
    """Return the functions that may do something."""
    return {each for each in names(deployment) if action in actions(deployment, each)}


def test_the_agency_of_version_0_1_stays_that_of_bootstrap(system: Deployment) -> None:
    """Its name is that of the deployment."""
    assert agency_of(system, "bootstrap") == "ga-access-log"
    assert agency_of(system, "create_logtank") == "ga-access-log"


def test_status_only_reads(system: Deployment) -> None:
    """Its agency has the cloud's read-only roles."""
    granted = roles(system, agency_of(system, "status"))

    assert granted == {"LTS ReadOnlyAccess", "GA ReadOnlyAccess"}


def test_create_log_stream_has_no_role_of_ga(system: Deployment) -> None:
    """It calls only LTS."""
    granted = roles(system, agency_of(system, "create_log_stream"))

    assert granted == {"LTS FullAccess"}


def test_code_has_no_permission_of_the_platform(system: Deployment) -> None:
    """FunctionGraph writes logs and failures with an agency that no code gets."""
    platform = {each["agency"] for each in system.of_kind("fgs_function").values()}

    assert platform == {"ga-access-log-platform"}
    assert roles(system, "ga-access-log-platform") == {
        "LTS FullAccess",
        "OBS OperateAccess",
    }
    assert platform.isdisjoint(agency_of(system, each) for each in names(system))


def test_no_policies_are_created_by_default(system: Deployment) -> None:
    """The roles of the cloud suffice."""
    assert system.of_kind("identityv5_policy") == {}


def test_custom_permissions_replace_the_roles(custom: Deployment) -> None:
    """Only the platform's agency keeps its roles, since their actions are not known."""
    for each in names(custom):
        assert roles(custom, agency_of(custom, each)) == set()
    assert roles(custom, "ga-access-log-platform")


def test_only_known_actions_are_permitted(custom: Deployment) -> None:
    """None of them is a wildcard."""
    for each in names(custom):
        assert actions(custom, each) <= DOCUMENTED | REPORTED


def test_status_has_no_action_that_writes(custom: Deployment) -> None:
    """It may list and show."""
    found = actions(custom, "status")

    assert "ga:logtank:list" in found
    assert not [each for each in found if each.split(":")[2].startswith(WRITING)]


def test_only_delete_logtank_may_delete_streams(custom: Deployment) -> None:
    """Not even reconcile may."""
    assert permitted(custom, "lts:logStream:deleteLogStream") == {"delete_logtank"}


def test_creators_of_logtanks_may_delete_them(custom: Deployment) -> None:
    """They remove a duplicate that they have just created."""
    assert permitted(custom, "ga:logtank:delete") == CREATORS | {"delete_logtank"}
    assert permitted(custom, "ga:logtank:create") == CREATORS


def test_log_groups_are_never_deleted(custom: Deployment) -> None:
    """No function may delete one."""
    assert permitted(custom, "lts:logGroup:deleteLogGroup") == set()


def test_actions_can_be_added_to_a_kind(tmp_path: Path) -> None:
    """The other kinds do not get them."""
    added = {"read": ["lts:topn:list"]}
    deployment = applied.apply(tmp_path, permissions="custom", more_actions=added)

    assert permitted(deployment, "lts:topn:list") == {"status"}
