"""What `vbot doctor` looks at, a module a subject.

More than 14 modules: one for each subject, by the name under which the doctor shows it, beside what they share.
"""
