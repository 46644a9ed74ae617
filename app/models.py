"""The bodies of requests: closed to unknown fields, to numbers that are not finite, and to text in the place of numbers."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, WithJsonSchema

from engine import AnyBreakpoint, AnyBug, AnyClip, AnyGradient, AnyOptimizer, AnySchedule, Described, Penalty, Rate

Unit = Literal["op", "layer", "pass", "batch", "epoch"]


def _whole(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError("a whole number is expected here")
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _number(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError("a number is expected here")
    return value


Whole = Annotated[int, BeforeValidator(_whole)]
Number = Annotated[float, BeforeValidator(_number)]
Parameters = Annotated[dict[Annotated[str, Field(max_length=60)], Any], Field(min_length=1, max_length=1000)]


def _somewhere(value: int) -> int:
    if value == 0:
        raise ValueError("a step of 0 goes nowhere; give a count of at least 1, or of at most −1 to go back")
    return value


def _name(value: str) -> str:
    text = " ".join(value.split())
    if not 1 <= len(text) <= 40 or not text.isprintable():
        raise ValueError("a name has 1 to 40 letters")
    return text


def _update(value: object) -> object:
    return value["update"] if isinstance(value, dict) and set(value) == {"update"} else value


class Body(Described):
    """A strict request body."""


class StepRequest(Body):
    """How far to go: a negative count goes back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"unit": "op", "count": 1}, {"unit": "batch", "count": -1}]})
    unit: Unit = Field(default="batch", description="What one step is")
    count: Annotated[Whole, AfterValidator(_somewhere)] = Field(default=1, ge=-(2**31), le=2**31, description="How many; not 0")


class PositionRequest(Body):
    """A position, as `step` answers it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"update": 3, "instruction": 7}]})
    update: Whole = Field(ge=0, le=2**31, description="Updates done")
    instruction: Whole = Field(default=0, ge=0, le=1_000_000, description="Instructions of the present update done")


class RunRequest(Body):
    """How to train continuously; an empty object runs as fast as possible."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"unit": "batch", "rate": 20}, {"until": 1000}, {"breakpoints": [{"kind": "accuracy_passes", "mark": 0.9}]}, {}]}
    )
    unit: Unit = Field(default="batch", description="What is done `rate` times a second")
    rate: Number | None = Field(default=None, gt=0, le=10_000, description="Units a second; null is as fast as possible")
    until: Annotated[Whole | None, BeforeValidator(_update)] = Field(default=None, ge=0, le=2**31, description="The update at which to stop: n, or {update: n}")
    breakpoints: list[AnyBreakpoint] = Field(default=[], description="What else it stops at, each by its kind", max_length=1000)


class SettingsRequest(Body):
    """What may change while a session runs; what is left out stays."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"learning_rate": 0.03},
                {"optimizer": {"kind": "adam", "learning_rate": 0.01}, "clip": {"kind": "norm", "limit": 1}},
                {"gradient": {"kind": "weight_perturbation", "sigma": 0.001, "directions": 4}},
                {"bug": {"kind": "missing_mean"}},
            ]
        }
    )
    optimizer: AnyOptimizer | None = Field(default=None, description="A whole optimiser")
    learning_rate: Rate | AnySchedule | None = Field(default=None, description="A number, or a schedule")
    clip: AnyClip | None = Field(default=None, description="A clip; null removes it")
    l1: Penalty | None = Field(default=None, description="Strength of the L1 penalty")
    l2: Penalty | None = Field(default=None, description="Strength of the L2 penalty")
    gradient: AnyGradient | None = Field(default=None, description="Where the gradient comes from")
    bug: AnyBug | None = Field(default=None, description="A mistake to make on purpose; null makes none")

    def changes(self) -> dict[str, Any]:
        """The fields that were sent."""
        sent = self.model_dump(mode="json", include=self.model_fields_set)
        return {name: value for name, value in sent.items() if name in ("clip", "bug") or value is not None}


class ParametersRequest(Body):
    """New values: whole parameters by name, or single numbers."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"parameters": {"0.W[0,1]": 0.25}}]})
    parameters: Parameters


Name = Annotated[str, AfterValidator(_name), WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 40, "pattern": r"\S"})]


class BranchRequest(Body):
    """Where a branch begins, what it is called and what is changed in it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"position": {"update": 100}, "name": "with Adam", "settings": {"optimizer": {"kind": "adam"}}}]})
    position: PositionRequest | None = Field(default=None, description="Where it begins; null is here")
    name: Name | None = Field(default=None, description="What it is called; null gives it a number")
    settings: SettingsRequest | None = Field(default=None, description="Settings to change in it")
    parameters: Parameters | None = Field(default=None, description="Parameters to set in it")


class BranchNameRequest(Body):
    """A new name; a branch that has one is never given up for another."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "with Adam"}]})
    name: Name = Field(description="What the branch is called")


class BranchChoiceRequest(Body):
    """The branch to go over to."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"id": 2}]})
    id: Whole = Field(ge=1, le=2**31, description="Its number")


Said = Annotated[str, Field(max_length=80)]


class EarlierAnswer(Body):
    """What was answered before in this update."""

    target: Said = Field(description="The number's reference, as the question gave it")
    answer: Said = Field(description="The answer as it was typed")


class AnswerRequest(Body):
    """A prediction of the next operation's number, as it was typed: a number, a fraction, or its sign alone."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"target": "cotangent:12[0]", "answer": "-0.31"},
                {
                    "target": "gradient:2.W[2,3]",
                    "pinned": "parameter:2.W[2,3]",
                    "example": 14,
                    "answer": "+",
                    "earlier": [{"target": "cotangent:9[3]", "answer": "0.5"}],
                },
            ]
        }
    )
    target: Said = Field(description="The number's reference, as the question gave it")
    answer: Said = Field(description="A number such as −0.31 or 1/16, or its sign, + or −")
    pinned: Said | None = Field(default=None, description="What was pinned when it was asked for")
    example: Whole | None = Field(default=None, ge=0, le=10_000_000, description="The example that it was asked for")
    earlier: list[EarlierAnswer] = Field(
        default=[], max_length=10_000, description="The learner's answers so far in this update, from which this one may follow"
    )
