"""Our Contract to a file of the Open Data Contract Standard v3, whole; reading is in odcs.py."""

from typing import Any

from data_contracts.contract.odcs import COUNT, FURTHER_COLUMNS
from data_contracts.contract.shapes import Contract, ContractColumn, RowRule

_LOGICAL = {
    "VARCHAR": "string",
    "DOUBLE": "number",
    "BIGINT": "integer",
    "INTEGER": "integer",
    "SMALLINT": "integer",
    "TINYINT": "integer",
    "BOOLEAN": "boolean",
    "DATE": "date",
}


def as_yaml(contract: Contract) -> str:
    """Give a contract as a file of the standard, whole: a published table with all its columns."""
    from open_data_contract_standard import model  # noqa: PLC0415

    own = {"sensitivity": contract.sensitivity}
    if contract.further_columns:
        own[FURTHER_COLUMNS] = "not read"
    document: Any = model.OpenDataContractStandard(
        apiVersion="v3.2.0",
        kind="DataContract",
        id=f"informality.{contract.name}",
        name=contract.name,
        version=contract.version,
        status="active",
        domain="social-protection",
        description=model.Description(
            purpose=contract.title,
            usage=contract.usage or None,
            limitations=contract.limitations or None,
        ),
        customProperties=[model.CustomProperty(property=k, value=v) for k, v in own.items()],
        schema=[
            model.SchemaObject(
                name=contract.name,
                logicalType="object",
                physicalType="file" if contract.further_columns else "table",
                dataGranularityDescription=contract.granularity or None,
                quality=[*_least_rows(contract), *(_quality(rule) for rule in contract.rules)],
                properties=[_property(contract, column) for column in contract.columns],
            )
        ],
    )
    text: str = document.to_yaml()
    return text


def _property(contract: Contract, column: ContractColumn) -> Any:
    from open_data_contract_standard import model  # noqa: PLC0415

    key = contract.primary_key
    place = key.index(column.name) + 1 if column.name in key else None
    options = {**column.bounds, **({"pattern": column.pattern} if column.pattern else {})}
    return model.SchemaProperty(
        name=column.name,
        logicalType=_LOGICAL[column.type],
        physicalType=column.type,
        description=column.description,
        classification=column.classification,
        required=column.required or None,
        unique=column.unique or None,
        primaryKey=True if place else None,
        primaryKeyPosition=place,
        logicalTypeOptions=options or None,
        transformLogic=column.derived,
        customProperties=[model.CustomProperty(property="treatment", value=column.treatment)]
        if column.treatment
        else None,
        enum=[model.EnumValue(value=k, description=v or None) for k, v in column.valid.items()]
        or None,
    )


def _least_rows(contract: Contract) -> list[Any]:
    from open_data_contract_standard import model  # noqa: PLC0415

    if not contract.least_rows:
        return []
    return [
        model.DataQuality(
            name="has_rows",
            metric="rowCount",
            severity="error",
            description="Fewer rows hide a step that did not run, or a delivery that went wrong.",
            mustBeGreaterOrEqualTo=contract.least_rows,
        )
    ]


def _quality(rule: RowRule) -> Any:
    from open_data_contract_standard import model  # noqa: PLC0415

    said = {"name": rule.name, "severity": rule.severity, "description": rule.description or None}
    if rule.condition is not None:
        return model.DataQuality(**said, type="sql", query=COUNT + rule.condition, mustBe=0)
    made = {"type": rule.expectation, "kwargs": dict(rule.arguments)}
    return model.DataQuality(**said, type="custom", engine="greatExpectations", implementation=made)
