"""Plans a long weekend: asks about all cities at the same time, compares them, and books the best trip.

The script calls functions that it does not define. They are tools of the host, and trip_planner.tools.json answers them.
"""

import asyncio
from dataclasses import dataclass
from datetime import date, timedelta

HOME = "Oslo"
CITIES = ["Lisbon", "Porto", "Rome", "Naples"]
NIGHTS = 3
BUDGET = 600.0


@dataclass
class Trip:
    city: str
    flight: dict
    hotel: dict
    days: list
    price: float
    sunny: int


async def look_at(city, start, rates):
    """Asks three services about one city at the same time. Returns None if there is no flight."""
    flight, hotel, days = await asyncio.gather(
        search_flights(HOME, city, start.isoformat()),
        find_hotel(city, nights=NIGHTS),
        get_forecast(city, start.isoformat(), NIGHTS + 1),
    )
    if flight is None:
        return None
    price = flight["price"] * rates[flight["currency"]] + NIGHTS * hotel["per_night"] * rates[hotel["currency"]]
    return Trip(city, flight, hotel, days, price, sum(1 for day in days if day["sky"] == "sun"))


async def book(trip):
    """Tries to book a flight twice, because a service may time out. Returns None if the flight is sold out."""
    for attempt in (1, 2):
        try:
            return await book_flight(trip.flight["id"])
        except TimeoutError as error:
            print(f"  attempt {attempt}: {error}")
        except ValueError as error:
            print(f"  attempt {attempt}: {error}")
            break
    return None


def show(trips):
    print(f"{'city':<8} {'flight':<8} {'hotel':<14} {'sunny':<6} {'price':>10}")
    for trip in trips:
        sunny = f"{trip.sunny}/{len(trip.days)}"
        price = f"{trip.price:.2f} EUR"
        over = "" if trip.price <= BUDGET else "  over the budget"
        print(f"{trip.city:<8} {trip.flight['id']:<8} {trip.hotel['name']:<14} {sunny:<6} {price:>10}{over}")


start = date.fromisoformat(next_free_friday())
end = start + timedelta(days=NIGHTS)
print(f"A weekend away from {HOME}: {start:%a %d %b} to {end:%a %d %b %Y}, {BUDGET:.0f} EUR at most")
print()

rates = exchange_rates()
found = await asyncio.gather(*[look_at(city, start, rates) for city in CITIES])
trips = sorted([trip for trip in found if trip is not None], key=lambda trip: (-trip.sunny, trip.price))
show(trips)
for city, trip in zip(CITIES, found):
    if trip is None:
        print(f"{city:<8} no flight")
print()

booked = None
for trip in trips:
    if trip.price > BUDGET:
        continue
    print(f"Booking {trip.city}, {trip.flight['id']}")
    booking = await book(trip)
    if booking is not None:
        booked = trip
        break

if booked is None:
    print("Nothing could be booked.")
    plan = None
else:
    print(f"  booked as {booking['reference']}")
    print()
    print(f"The plan: {booked.city}")
    for number, day in enumerate(booked.days):
        when = start + timedelta(days=number)
        note = f"fly out, sleep at {booked.hotel['name']}" if number == 0 else "fly home" if number == NIGHTS else day["idea"]
        print(f"  {when:%a %d %b}  {day['sky']:<5} {day['high']:>3}°  {note}")
    plan = {"city": booked.city, "reference": booking["reference"], "total": round(booked.price, 2), "nights": (start, end)}

plan
