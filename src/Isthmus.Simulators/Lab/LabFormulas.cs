namespace Isthmus.Simulators.Lab;

/// <summary>Values that a laboratory computes from others, so that a panel adds up.</summary>
internal static class LabFormulas
{
    public static void Apply(Dictionary<string, decimal> values)
    {
        if (values.ContainsKey("AGAP"))
        {
            values["AGAP"] = values["NA"] - values["CL"] - values["CO2"];
        }

        if (values.ContainsKey("MCV"))
        {
            values["HCT"] = values["HGB"] * 3.0m;
            values["MCV"] = values["HCT"] * 10 / values["RBC"];
            values["MCH"] = values["HGB"] * 10 / values["RBC"];
            values["MCHC"] = values["HGB"] * 100 / values["HCT"];
        }

        if (values.ContainsKey("LDL"))
        {
            values["NHDL"] = values["CHOL"] - values["HDL"];
            values["VLDL"] = values["TRIG"] / 5;
            values["LDL"] = Math.Max(values["NHDL"] - values["VLDL"], 10);
            values["CHR"] = values["CHOL"] / values["HDL"];
        }
    }
}
