"""The officer's pages of the register of licences: looking one up, and its history."""
