"""A rule for Tierkeeper: nobody hands work to development at the weekend."""
