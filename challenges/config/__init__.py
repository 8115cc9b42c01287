"""`challenge.yaml`: its model, its errors, its folder."""

from challenges.config.boards import Board, Column
from challenges.config.challenge import ChallengeConfig
from challenges.config.folder import ChallengeFolder, read_folder
from challenges.config.phases import Limits, PhaseConfig, TaskConfig
from challenges.config.problems import ConfigInvalid, ConfigProblem

__all__ = [
    "Board",
    "ChallengeConfig",
    "ChallengeFolder",
    "Column",
    "ConfigInvalid",
    "ConfigProblem",
    "Limits",
    "PhaseConfig",
    "TaskConfig",
    "read_folder",
]
