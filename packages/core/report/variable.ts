/** The variable that names the file into which a program writes its run report. */
export const reportVariable = "BACKUP_REPORT";
