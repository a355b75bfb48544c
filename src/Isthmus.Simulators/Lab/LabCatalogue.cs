namespace Isthmus.Simulators.Lab;

/// <summary>One analyte as the invented laboratory reports it.</summary>
/// <param name="Code">Local code, OBX-3.1, coding system L.</param>
/// <param name="Unit">The laboratory's spelling, not always UCUM.</param>
/// <param name="Low">Reference range in <paramref name="Unit"/>.</param>
/// <param name="Mean">Of the values drawn; with <paramref name="Deviation"/> about one in eight falls out of range.</param>
public sealed record LabTest(
    string Code, string Name, string Unit, decimal Low, decimal High, double Mean, double Deviation, int Decimals)
{
    /// <summary>The unit of the same analyte at a site that reports in SI, if it differs.</summary>
    public LabUnit? Si { get; init; }

    /// <summary>Values that must reach a person at once lie below and above these, in <see cref="Unit"/>.</summary>
    public (decimal Low, decimal High)? Critical { get; init; }
}

/// <summary>Another unit for an analyte: value × factor, to that many decimals.</summary>
public sealed record LabUnit(string Unit, decimal Factor, int Decimals);

/// <summary>What is ordered together: one OBR, one OBX per test.</summary>
/// <param name="Code">Local code, OBR-4.1, coding system L.</param>
/// <param name="Section">HL7 table 0074 (OBR-24).</param>
public sealed record LabPanel(string Code, string Name, string Section, string Specimen, string SpecimenName, IReadOnlyList<LabTest> Tests);

/// <summary>The laboratory's panels. Codes, LOINC counterparts and units are listed in README.md of this folder.</summary>
public static class LabCatalogue
{
    public static LabPanel BloodCount { get; } = new("CBC", "Complete blood count", "HM", "BLD", "Whole blood",
    [
        new("WBC", "Leukocytes", "K/uL", 4.0m, 11.0m, 7.4, 2.1, 1) { Si = new("10*9/L", 1m, 1) },
        new("RBC", "Erythrocytes", "M/uL", 4.20m, 5.80m, 4.9, 0.5, 2) { Si = new("10*12/L", 1m, 2) },
        new("HGB", "Hemoglobin", "g/dL", 12.0m, 17.0m, 14.2, 1.6, 1) { Si = new("g/L", 10m, 0), Critical = (6.0m, 25.0m) },
        new("HCT", "Hematocrit", "%", 36.0m, 50.0m, 42.5, 4.4, 1),
        new("MCV", "Mean corpuscular volume", "fL", 80.0m, 100.0m, 90, 6, 1),
        new("MCH", "Mean corpuscular hemoglobin", "pg", 27.0m, 33.0m, 30, 1.9, 1),
        new("MCHC", "Mean corpuscular hemoglobin concentration", "g/dL", 32.0m, 36.0m, 34, 1.2, 1) { Si = new("g/L", 10m, 0) },
        new("RDW", "Erythrocyte distribution width", "%", 11.5m, 14.5m, 13.1, 0.9, 1),
        new("PLT", "Platelets", "K/uL", 150m, 400m, 265, 72, 0) { Si = new("10*9/L", 1m, 0), Critical = (20m, 1000m) },
        new("MPV", "Mean platelet volume", "fL", 7.5m, 11.5m, 9.5, 1.2, 1),
    ]);

    public static LabPanel BasicMetabolic { get; } = new("BMP", "Basic metabolic panel", "CH", "SER", "Serum",
    [
        new("NA", "Sodium", "mmol/L", 135m, 145m, 140, 3, 0) { Critical = (120m, 160m) },
        new("K", "Potassium", "mmol/L", 3.5m, 5.1m, 4.3, 0.45, 1) { Si = new("mEq/L", 1m, 1), Critical = (2.8m, 6.2m) },
        new("CL", "Chloride", "mmol/L", 98m, 107m, 102, 3, 0),
        new("CO2", "Carbon dioxide, total", "mmol/L", 22m, 29m, 25.5, 2.2, 0),
        new("AGAP", "Anion gap", "mmol/L", 5m, 15m, 10, 3, 0),
        new("GLU", "Glucose", "mg/dL", 70m, 99m, 92, 16, 0) { Si = new("mmol/L", 0.0555m, 1), Critical = (40m, 500m) },
        new("BUN", "Urea nitrogen", "mg/dL", 7m, 20m, 14, 4.5, 0) { Si = new("mmol/L", 0.357m, 1) },
        new("CREA", "Creatinine", "mg/dL", 0.60m, 1.30m, 0.95, 0.22, 2) { Si = new("umol/L", 88.4m, 0) },
        new("CA", "Calcium", "mg/dL", 8.6m, 10.3m, 9.4, 0.55, 1) { Si = new("mmol/L", 0.2495m, 2), Critical = (6.0m, 13.0m) },
        new("EGFR", "Glomerular filtration rate, estimated", "mL/min/1.73m2", 60m, 200m, 88, 22, 0),
    ]);

    public static LabPanel Lipids { get; } = new("LIPID", "Lipid panel", "CH", "SER", "Serum",
    [
        new("CHOL", "Cholesterol", "mg/dL", 100m, 200m, 178, 30, 0) { Si = new("mmol/L", 0.02586m, 2) },
        new("TRIG", "Triglyceride", "mg/dL", 40m, 150m, 112, 36, 0) { Si = new("mmol/L", 0.01129m, 2) },
        new("HDL", "Cholesterol in HDL", "mg/dL", 40m, 90m, 56, 13, 0) { Si = new("mmol/L", 0.02586m, 2) },
        new("LDL", "Cholesterol in LDL, calculated", "mg/dL", 40m, 130m, 101, 27, 0) { Si = new("mmol/L", 0.02586m, 2) },
        new("VLDL", "Cholesterol in VLDL, calculated", "mg/dL", 5m, 40m, 22, 8, 0) { Si = new("mmol/L", 0.02586m, 2) },
        new("NHDL", "Cholesterol not in HDL", "mg/dL", 60m, 160m, 122, 30, 0) { Si = new("mmol/L", 0.02586m, 2) },
        new("CHR", "Cholesterol to HDL ratio", "{ratio}", 1.0m, 5.0m, 3.3, 0.9, 1),
    ]);

    public static IReadOnlyList<LabPanel> Panels { get; } = [BloodCount, BasicMetabolic, Lipids];
}
