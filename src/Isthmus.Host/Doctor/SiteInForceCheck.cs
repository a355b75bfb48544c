using Isthmus.Governance.Snapshots;
using Npgsql;

namespace Isthmus.Host.Doctor;

/// <summary>Which site the nodes work by: what lies in a folder is not in force before somebody applies it.</summary>
internal static class SiteInForceCheck
{
    private const string Check = "site.in-force";

    /// <param name="folder">The folder that was examined.</param>
    /// <param name="version">Its version.</param>
    public static async Task<Diagnosis> ExamineAsync(NpgsqlDataSource store, string folder, string version, CancellationToken cancellation)
    {
        var inForce = await IsMadeAsync(store, cancellation) ? await new SiteSnapshots(store).CurrentAsync(cancellation) : null;
        return inForce is null
            ? Diagnosis.Warning(Check, "No site is in force yet.", $"isthmus site apply {folder}, or isthmus serve --site {folder}")
            : Diagnosis.When(
                inForce.Version == version, Check,
                inForce.Version == version
                    ? $"Version {inForce.Version} is in force, as it is in the folder."
                    : $"Version {inForce.Version} is in force; in {folder} is version {version}.",
                Verdict.Warning, $"isthmus site apply {folder} puts the folder's into force. Another folder is named by --site or ISTHMUS_SITE.");
    }

    private static async Task<bool> IsMadeAsync(NpgsqlDataSource store, CancellationToken cancellation)
    {
        await using var made = store.CreateCommand("SELECT to_regclass('site.application') IS NOT NULL");
        return await made.ExecuteScalarAsync(cancellation) is true;
    }
}
