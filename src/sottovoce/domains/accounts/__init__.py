"""Accounts: who may use this server, with which devices, and what the server keeps for each of them.

Owns tables: server, setup_codes, users, profiles, profile_fields, profile_news, devices, tokens,
    registration_tokens, account_data, filters, passes, third_party_ids, email_validations
Streams: account_data, profiles
Spec sections: client-server, Client Authentication, Profiles, Device management, Client Config, Filtering
Not here: membership events that carry a profile (rooms), device keys (keys), default push rules (push)
"""
