import datetime

import factory
from django.utils import timezone

from accounts.models import Delegation, RolePeriod, Supervision, User

PASSWORD = "a-long-enough-password"


def a_year_ago() -> datetime.date:
    return timezone.localdate() - datetime.timedelta(days=365)


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Person {n}")
    email = factory.Sequence(lambda n: f"person{n}@clinic.example")

    @factory.post_generation
    def password(self, create, extracted, **kwargs):
        if extracted:
            self.set_password(extracted)
            self.save()


class SupervisionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Supervision

    supervisor = factory.LazyFunction(lambda: therapist())
    therapist = factory.LazyFunction(lambda: therapist())
    from_on = factory.LazyFunction(a_year_ago)


class DelegationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Delegation

    supervisor = factory.LazyFunction(lambda: therapist())
    delegate = factory.LazyFunction(lambda: therapist())
    from_on = factory.LazyFunction(timezone.localdate)
    until_on = factory.LazyFunction(lambda: timezone.localdate() + datetime.timedelta(days=1))


def _with_role(role: str, **kwargs) -> User:
    user = UserFactory(**kwargs)
    RolePeriod.objects.create(user=user, role=role, from_on=a_year_ago())
    return user


def therapist(**kwargs) -> User:
    return _with_role(RolePeriod.Role.THERAPIST, **kwargs)


def administrator(**kwargs) -> User:
    return _with_role(RolePeriod.Role.ADMINISTRATOR, **kwargs)
