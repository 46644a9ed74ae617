"""A component is anything that a user picks by name: a layer, a loss, an optimiser, a dataset…

Its class is at once the form in the browser, the schema in the API, the entry in the documentation and the case in the tests.
A component is found by existing: a new file in its family's folder is enough.
"""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, Union

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue


def _whole(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError("a whole number is expected here")
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _number(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError("a number is expected here")
    return value


def _flag(value: object) -> object:
    if not isinstance(value, bool):
        raise ValueError("true or false is expected here")
    return value


Int = Annotated[int, BeforeValidator(_whole)]
Real = Annotated[float, BeforeValidator(_number), Field(allow_inf_nan=False)]
Flag = Annotated[bool, BeforeValidator(_flag)]


BOUNDS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}


def _name_bounds(schema: Any) -> None:
    """Give bounds their proper names; pydantic writes its own where a validator stands before them."""
    if isinstance(schema, list):
        for each in schema:
            _name_bounds(each)
    if isinstance(schema, dict):
        for name in BOUNDS.keys() & schema.keys():
            if isinstance(schema[name], (int, float)):
                schema[BOUNDS[name]] = schema.pop(name)
        for each in schema.values():
            _name_bounds(each)


class Described(BaseModel):
    """A frozen description without arrays: closed to unknown fields and to numbers that are not finite."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, validate_default=True)

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The schema, with every bound under the name that JSON Schema has for it."""
        schema = handler(core_schema)
        _name_bounds(handler.resolve_ref_schema(schema))
        return schema


class Counterpart(NamedTuple):
    """The same thing in another library: an expression in which `{field}` stands for a field of the component, and in words what it does otherwise.

    `parameters` says where a layer's parameters are kept there, `turned` what has to be done to ours first, such as `.T`; `needs` is a definition that the
    code speaks of.
    """

    code: str = ""
    otherwise: str = ""
    parameters: Mapping[str, str] = MappingProxyType({})
    turned: Mapping[str, str] = MappingProxyType({})
    needs: str = ""


class Component(Described):
    """A description that a user picks by its `kind`; valid with its defaults alone. `torch` and `keras` are its counterparts, empty where none is known."""

    kind: str
    family: ClassVar[str]
    torch: ClassVar[Counterpart] = Counterpart()
    keras: ClassVar[Counterpart] = Counterpart()
    title: ClassVar[str] = ""
    prominent: ClassVar[bool] = False

    def counterpart(self, library: Literal["torch", "keras"]) -> Counterpart:
        """What the library has for this component, as its fields are."""
        return self.torch if library == "torch" else self.keras

    @classmethod
    def entry(cls) -> dict[str, Any]:
        """The component's line in the catalogue: words, JSON Schema and defaults."""
        default = cls.model_validate({})
        return {
            "family": cls.family,
            "kind": default.kind,
            "title": cls.title or default.kind.replace("_", " "),
            "description": " ".join((cls.__doc__ or "").split()),
            "prominent": cls.prominent,
            "schema": cls.model_json_schema(),
            "defaults": default.model_dump(mode="json"),
        }


def discover(package: str) -> None:
    """Import every module of a family's folder, so that its components exist."""
    folder = importlib.import_module(package)
    for module in pkgutil.iter_modules(folder.__path__):
        importlib.import_module(f"{package}.{module.name}")


def kinds(family: type[Component]) -> list[type[Component]]:
    """The concrete components of a family, those that stand open in a form first, then by name."""
    return sorted(_concrete(family), key=lambda cls: (not cls.prominent, cls.model_fields["kind"].default))


def union(family: type[Component]) -> Any:
    """The type "any component of this family", told apart by its `kind`."""
    members = tuple(kinds(family))
    if len(members) == 1:
        return members[0]
    return Annotated[Union[members], Field(discriminator="kind")]  # noqa: UP007 - the members are known at run time only


def _concrete(family: type[Component]) -> Iterator[type[Component]]:
    for cls in family.__subclasses__():
        if isinstance(cls.model_fields["kind"].default, str):
            yield cls
        yield from _concrete(cls)
