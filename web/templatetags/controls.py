"""Form fields with the classes of the theme; Django adds what assistive technology needs."""

from django import forms, template
from django.forms import BoundField

register = template.Library()


@register.filter
def control(field: BoundField) -> str:
    """Return the field's input."""
    return field.as_widget(attrs={"class": control_class(field)})


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """True for a field whose label stands beside its box."""
    return isinstance(field.field.widget, forms.CheckboxInput)


def control_class(field: BoundField) -> str:
    """Return the class that a field's kind of input has."""
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return "form-check-input"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "field__choices"
    return "form-select" if isinstance(widget, forms.Select) else "form-control"
