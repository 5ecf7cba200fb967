"""Sign-in at an issuer: an OpenID Connect client (authorization code, PKCE) for staff and for owners."""
