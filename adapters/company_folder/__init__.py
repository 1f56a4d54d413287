"""A company's folder, read and checked into `domain.company.Company`."""

from adapters.company_folder.load import load_company
from adapters.company_folder.problems import CompanyFolderRefused, Problem

__all__ = ["CompanyFolderRefused", "Problem", "load_company"]
