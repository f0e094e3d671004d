"""The small twins that the tests of this folder share."""

import pytest

from transforms.twin.population import population
from transforms.twin.register import register
from transforms.twin.survey import draw_survey


@pytest.fixture(scope="session")
def people():
    return population(0.02, 11)


@pytest.fixture(scope="session")
def wave(people):
    return draw_survey(people, 3)


@pytest.fixture(scope="session")
def book(people):
    return register(people, 5)
