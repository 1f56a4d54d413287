"""Draws the customers who are no heroes."""

from datetime import date, timedelta

from simulator.company.records.customers import Customer
from simulator.company.records.kept import Address
from simulator.company.seed.data import Heroes, People, PlannedCustomer, chance, read


def customers(today: date) -> dict[str, Customer]:
    """Heroes first, by customer number."""
    return {
        planned.customer_id: Customer(
            customer_id=planned.customer_id,
            name=planned.name,
            phones=planned.phones,
            email=f"{planned.name.lower().replace(' ', '.')}@example.com",
            address=planned.address,
            tier=planned.tier,
            language=planned.language,
            customer_since=today + timedelta(days=planned.since),
            card_last4=planned.card_last4,
            born_on=planned.born,
        )
        for planned in [*read(Heroes).customers, *_invented()]
    }


def _invented() -> list[PlannedCustomer]:
    people, draw, births = read(People), chance("people"), chance("births")
    names = draw.sample(
        [f"{first} {last}" for first in people.first for last in people.last], people.customers
    )
    numbers = [
        draw.sample(
            [f"{some.prefix}{number:0{some.digits}}" for number in range(some.first, some.last + 1)],
            people.customers,
        )
        for some in people.phones
    ]
    first_number = len(read(Heroes).customers) + 1001
    return [
        PlannedCustomer(
            customer_id=f"C-{first_number + place}",
            name=name,
            phones=[numbers[place % len(numbers)][place]],
            address=Address(
                street=f"{draw.randint(1, 99)} {draw.choice(people.streets)}",
                **draw.choice(people.cities).model_dump(),
            ),
            tier=draw.choice(people.tiers),
            language=draw.choice(people.languages),
            since=-draw.randint(130, 2500),
            card_last4=f"{draw.randint(0, 9999):04}",
            born=date(1940, 1, 1) + timedelta(days=births.randrange(65 * 365)),
        )
        for place, name in enumerate(names)
    ]
