"""Both registers asked as one: whose vehicle, and does that person exist and where does he live now."""

from __future__ import annotations

from dataclasses import dataclass

from backend.owners.population import CurrentPerson, Population
from backend.owners.registry import Question, RegisteredOwner, Registration, Registry
from backend.settings import Settings


@dataclass(frozen=True)
class Found:
    """The answers of both registers to one question."""

    registration: Registration | None
    person: CurrentPerson | None = None

    @property
    def person_confirmed(self) -> bool:
        """An organisation is not in the population database; a person must be."""
        return (
            self.registration is None
            or self.registration.owner.kind == "organisation"
            or self.person is not None
        )

    @property
    def sources(self) -> tuple[str, ...]:
        return ("vehicle registry", "population database") if self.person else ("vehicle registry",)

    def owner_now(self) -> RegisteredOwner:
        """The registered owner, where he lives and can be called today."""
        if self.registration is None:
            raise LookupError("nothing is registered")
        owner = self.registration.owner
        if self.person is None:
            return owner
        current = {"address": self.person.current_address, "phone": self.person.phone}
        return owner.model_copy(update={name: value for name, value in current.items() if value})


@dataclass(frozen=True)
class Outside:
    """The registers that know vehicles and people."""

    registry: Registry
    population: Population

    @classmethod
    def of(cls, settings: Settings) -> Outside:
        timeout_s = settings.outside_timeout_s
        return cls(Registry(settings.registry_url, timeout_s), Population(settings.population_url, timeout_s))

    def ask(self, question: Question) -> Found:
        """Raises OutsideUnavailableError when either is silent: half an answer is none."""
        registration = self.registry.find(question)
        if registration is None or registration.owner.kind == "organisation":
            return Found(registration)
        return Found(registration, self.population.find(question, registration.owner))
