from crispy_forms.utils import render_crispy_form
from django import forms, template
from django.utils.safestring import SafeString

from ruptures.forms.blank import Blank

register = template.Library()


@register.filter
def fields_of(form: Blank | forms.BaseForm) -> SafeString:
    """Fields and button of a form; of an empty one as they were drawn before."""
    return form.drawn if isinstance(form, Blank) else render_crispy_form(form)
