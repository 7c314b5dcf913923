"""
Two languages: the code is written in Chinese, and a catalogue gives the English for it.

``catalogue`` reads the ``.po`` files and finds the English for a text, ``words`` does so in the language of the
reader, ``formats`` writes days, amounts and counts, ``found`` lists the Chinese in the code and its declarations.
"""
