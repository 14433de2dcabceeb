"""Who is told what, when, and in which mail: pure rules, without database, clock or network.

`offers` decides what each contact could be told of each case; `schedule` puts offers into mails; `retry` says when a
mail that was not taken is tried again.
"""
