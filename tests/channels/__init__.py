"""Channels under test; what ``contract`` asserts is told in full."""

import pytest

pytest.register_assert_rewrite("tests.channels.contract")
