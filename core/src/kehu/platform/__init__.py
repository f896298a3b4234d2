"""The platform: what every system of kehu has, whatever it is about: identity, audit, outbox, jobs, languages."""
