"""Stand-ins for the outside systems that a pilot cannot reach: real servers on their own ports.

They speak the protocols of the vehicle and population registers, the VNPAY gateway, and the Zalo, SMS and
VNeID message services. Everybody in them is made up, and looks it.
"""
