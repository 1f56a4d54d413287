"""The sample company's back office: a stand-in for systems of record, reached over HTTP only."""
