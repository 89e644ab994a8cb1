from django.conf import settings
from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models.clinic import Clinic
from accounts.models.keyed import Keyed
from accounts.models.relations import RolePeriod, Supervision


class UserManager(BaseUserManager):
    def create_user(self, email, name, password=None, language=""):
        email = self.normalize_email(email).lower()
        user = self.model(email=email, name=name, language=language)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email, name, password=None):
        """The first person of an installation: an administrator, who sees no clinical record."""
        user = self.create_user(email, name, password)
        RolePeriod.objects.create(user=user, role=RolePeriod.Role.ADMINISTRATOR)
        return user


class User(Keyed, AbstractUser):
    """A person who signs in, by e-mail address. What they may do comes from dated relations,
    looked up once a request."""

    class WeeklyMail(models.TextChoices):
        CHART = "chart", _("With chart and figures")
        LINK = "link", _("A link only")

    username = None
    first_name = None
    last_name = None
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language"), max_length=10, blank=True)
    weekly_mail = models.CharField(
        _("the Monday mail"), max_length=10, choices=WeeklyMail, default=WeeklyMail.CHART
    )
    sessions_end_at = models.DateTimeField(null=True, blank=True, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    def __str__(self):
        return self.name

    def has_role(self, role) -> bool:
        return self.is_active and self.role_periods.current().filter(role=role).exists()

    @property
    def has_joined(self) -> bool:
        """Has chosen a password, and not been invited anew since."""
        return self.has_usable_password()

    @property
    def mail_language(self) -> str:
        """Who never signed in has chosen none yet."""
        return self.language or settings.LANGUAGE_CODE

    @cached_property
    def is_therapist(self) -> bool:
        return self.has_role(RolePeriod.Role.THERAPIST)

    @cached_property
    def is_administrator(self) -> bool:
        return self.has_role(RolePeriod.Role.ADMINISTRATOR)

    @cached_property
    def is_supervisor(self) -> bool:
        """Also for the days on which they stand in for somebody who is away, and as the clinic's
        lead, for the strains that come up the ladder."""
        leads = self.is_active and Clinic.current().lead_id == self.pk
        return leads or self.supervises

    @cached_property
    def supervises(self) -> bool:
        """Anybody today, in their own name or standing in."""
        return self.is_active and Supervision.objects.held_by(self).exists()

    @cached_property
    def supervises_a_team(self) -> bool:
        """In their own name, whoever they stand in for."""
        return self.is_active and Supervision.objects.current().filter(supervisor=self).exists()
