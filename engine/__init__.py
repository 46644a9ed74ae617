"""The engine: a network recorded once as a program, run, stepped and explained. It knows nothing of HTTP, browsers or files."""

from engine.arena import Rooms
from engine.breakpoints import AnyBreakpoint
from engine.bugs import AnyBug
from engine.catalog import catalog
from engine.clips import AnyClip
from engine.component import Described
from engine.errors import Diverged, EngineError, FormulaError, OutOfReach, SpecError, TableError, TooLarge, UnknownName, Unreadable
from engine.fingerprint import fingerprint
from engine.formula.written import read_formula
from engine.frame import FIELDS
from engine.gradients import AnyGradient
from engine.laboratory.cases import cases
from engine.laboratory.pathology import Pathology
from engine.laboratory.sweep import Cell, Sweep, measured
from engine.laboratory.trial import Outcome, trial
from engine.optimizers import AnyOptimizer, Rate
from engine.orders import ASIDE, Order, perform, replay, stamped
from engine.pieces import ended
from engine.position import Position
from engine.presets import presets
from engine.remedies import AnyRemedy
from engine.saved import Written, from_bytes, written
from engine.schedules import AnySchedule
from engine.session import Session
from engine.spec import Penalty, SessionSpec
from engine.tables import parse_table
from engine.watch import Watch

__all__ = [
    "ASIDE", "FIELDS", "AnyBreakpoint", "AnyBug", "AnyClip", "AnyGradient", "AnyOptimizer", "AnyRemedy", "AnySchedule", "Cell", "Described", "Diverged",
    "EngineError", "FormulaError", "Order", "OutOfReach", "Outcome", "Pathology", "Penalty", "Position", "Rate", "Rooms", "Session", "SessionSpec", "SpecError",
    "Sweep", "TableError", "TooLarge", "UnknownName", "Unreadable", "Watch", "Written", "cases", "catalog", "ended", "fingerprint", "from_bytes", "measured",
    "parse_table", "perform", "presets", "read_formula", "replay", "stamped", "trial", "written",
]  # fmt: skip
