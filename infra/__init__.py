"""What an operator needs: the template, the packaging, the local stack, the bridge."""
