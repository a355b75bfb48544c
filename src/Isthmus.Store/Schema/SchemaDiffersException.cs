namespace Isthmus.Store.Schema;

/// <summary>The database was made by a build whose scripts are not those of this one, so neither may go on from there.</summary>
public sealed class SchemaDiffersException(string migration)
    : Exception(
        $"store.other-build: this database was made by another build of Isthmus, in which migration {migration} reads otherwise. "
        + "Go on with that build; or start afresh, with an empty folder in ISTHMUS_DATA or another database in ISTHMUS_DATABASE. (A migration that was released never changes: add a new one.)");
