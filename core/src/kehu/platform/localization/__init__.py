"""Other languages: translatable sentences, the plugins' catalogues, and labels of types, fields and choices.

Every layer may say something, so that only sentences and labels are brought here; what reads catalogues stands above.
"""

from kehu.kernel.texts import Label, Text, label, money, text

__all__ = ["Label", "Text", "label", "money", "text"]
